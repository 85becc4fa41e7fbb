# Takes the fields that services write (services/runtime/logs.ts) over to those that are searched (elasticsearch/mappings.json).
# A value of another type than its field's is left where it was: a document with it would be refused whole.

LONGEST = 32_768

TEXT = ->(value) { value.is_a?(String) ? value.slice(0, LONGEST) : nil }
COUNT = ->(value) { value.is_a?(Integer) && value.between?(0, 2**31 - 1) ? value : nil }
NUMBER = ->(value) { value.is_a?(Numeric) && value.to_f.finite? ? value.to_f : nil }
# Java's systems and Prometheus' write it in capitals.
LEVEL = ->(value) { TEXT.call(value)&.downcase }
# Filebeat counts for each of its processors of a kind, by their number.
DROPPED = lambda do |value|
  counters = value.is_a?(Hash) ? value.values.grep(Hash) : []
  counts = counters.filter_map { |counter| COUNT.call(counter["dropped"]) }
  counts.sum unless counts.empty?
end

# Where two are of one field, the second counts: what Elastic's own systems write (ECS, but for Logstash), and then what ours do.
FIELDS = [
  [%w[message], "[message]", TEXT],
  [%w[@timestamp], "[@metadata][time]", TEXT],
  [%w[log.level], "[log][level]", LEVEL],
  [%w[log level], "[log][level]", LEVEL],
  [%w[error type], "[error][type]", TEXT],
  [%w[error message], "[error][message]", TEXT],
  [%w[logEvent message], "[message]", TEXT],
  [%w[monitoring metrics processor rate_limit], "[filebeat][dropped]", DROPPED],

  [%w[msg], "[message]", TEXT],
  [%w[level], "[log][level]", LEVEL],
  [%w[service], "[service][name]", TEXT],
  [%w[time], "[@metadata][time]", TEXT],
  [%w[trace_id], "[trace][id]", TEXT],
  [%w[span_id], "[span][id]", TEXT],
  [%w[verification], "[verification][id]", TEXT],
  [%w[attempt], "[verification][attempt]", COUNT],
  [%w[standard], "[verification][standard]", TEXT],
  [%w[property], "[verification][property]", TEXT],
  [%w[verdict], "[verification][verdict]", TEXT],
  [%w[durationMs], "[verification][duration_ms]", NUMBER],
  [%w[request_id], "[http][request][id]", TEXT],
  [%w[method], "[http][request][method]", TEXT],
  [%w[route], "[http][route]", TEXT],
  [%w[status], "[http][response][status_code]", COUNT],
  [%w[duration_ms], "[http][response][duration_ms]", NUMBER],
  [%w[err type], "[error][type]", TEXT],
  [%w[err message], "[error][message]", TEXT],
  [%w[err stack], "[error][stack_trace]", TEXT]
].freeze

def filter(event)
  line = event.get("[@metadata][line]")
  unless line.is_a?(Hash)
    event.tag("not_json")
    return [event]
  end
  event.set("[line]", line)
  FIELDS.each do |path, field, kind|
    value = kind.call(path.reduce(line) { |found, key| found.is_a?(Hash) ? found[key] : nil })
    event.set(field, value) unless value.nil?
  end
  [event]
end

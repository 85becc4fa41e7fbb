# Gives the administrator the password that Grafana was deployed with. By itself it takes one only for a database that is
# new, which is made when it starts.
#
# Arguments: file of the configuration; file of the password. Environment: GF_PATHS_DATA.
set -eu

if [ -s "$GF_PATHS_DATA/grafana.db" ]; then
  grafana cli --homepath /usr/share/grafana --config "$1" admin reset-admin-password --password-from-stdin <"$2"
fi

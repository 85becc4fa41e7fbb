/** Progress for the person at the keyboard; on standard error, so that standard output stays the command's result. */
export interface Report {
  /** A new thing begins or has ended: one line that stays. */
  step(message: string): void;
  /** How far the present step is; may replace the line before it on a terminal. */
  detail(message: string): void;
}

/** Reports to standard error; details overwrite each other on a terminal and are plain lines elsewhere. */
export function terminalReport(stream: NodeJS.WriteStream = process.stderr): Report {
  let pending = false;
  const clear = () => {
    if (pending) stream.write("\r\u001b[2K");
    pending = false;
  };
  return {
    step(message) {
      clear();
      stream.write(`${message}\n`);
    },
    detail(message) {
      clear();
      stream.write(stream.isTTY ? `  ${message}` : `  ${message}\n`);
      pending = stream.isTTY === true;
    },
  };
}

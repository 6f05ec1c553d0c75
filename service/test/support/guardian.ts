/** Reads `+ pid` and `- pid`; at the end of its input, which comes however this process ends, kills those that are left. */
const GUARDIAN = `
trap '' INT TERM HUP
pids=' '
while read -r sign pid; do
  case $sign in
    +) pids="$pids$pid " ;;
    -) case $pids in *" $pid "*) pids="\${pids%% $pid *} \${pids#* $pid }" ;; esac ;;
  esac
done
kill -KILL $pids 2>/dev/null
`;

let guardian: Bun.Subprocess<'pipe', 'ignore', 'ignore'> | undefined;

const tell = (line: string): void => {
  if (!guardian) {
    guardian = Bun.spawn(['sh', '-c', GUARDIAN], { stdio: ['pipe', 'ignore', 'ignore'] });
    guardian.unref();
  }
  guardian.stdin.write(`${line}\n`);
  guardian.stdin.flush();
};

/** Kills `pid` when this process ends before it called the returned function, by SIGKILL or Ctrl-C too. */
export const guard = (pid: number): (() => void) => {
  tell(`+ ${pid}`);
  return () => tell(`- ${pid}`);
};

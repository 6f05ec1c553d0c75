/** What differs between the processors that the image is built for, by the name that OCI gives them. */
export const ARCHITECTURES = {
  amd64: {
    /** Bun's name, and Node's. */
    bun: 'x64',
    /** Debian's folder of libraries. */
    libraries: 'x86_64-linux-gnu',
    /** What the executable names as its loader. */
    loader: 'lib64/ld-linux-x86-64.so.2',
  },
  arm64: { bun: 'arm64', libraries: 'aarch64-linux-gnu', loader: 'lib/ld-linux-aarch64.so.1' },
} as const;

export type Architecture = keyof typeof ARCHITECTURES;

export const ALL_ARCHITECTURES = Object.keys(ARCHITECTURES) as Architecture[];

/** That of this machine. */
export const ownArchitecture = (): Architecture => {
  const own = ALL_ARCHITECTURES.find((name) => ARCHITECTURES[name].bun === process.arch);
  if (!own) throw new Error(`there is no image for ${process.arch}: use x64 or arm64`);
  return own;
};

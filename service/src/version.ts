import packageJson from '../../package.json' with { type: 'json' };

/** The commit that was built: `bun build --define BUILD_COMMIT='"1a2b3c4"'`. */
declare const BUILD_COMMIT: string;

/** What is running. */
export interface Version {
  /** Of the release, such as `1.2.3`. */
  readonly version: string;
  /** The source's commit. */
  readonly commit: string;
}

/** What was built: the defaults of SERVICE_VERSION and SERVICE_COMMIT. */
export const builtVersion: Version = {
  version: packageJson.version,
  commit: typeof BUILD_COMMIT === 'string' ? BUILD_COMMIT : 'unknown',
};

/** What `hello --version` prints, such as `hello 1.2.3 (commit 1a2b3c4)`. */
export const versionLine = (environment: Record<string, string | undefined>): string =>
  `hello ${environment.SERVICE_VERSION || builtVersion.version} (commit ${environment.SERVICE_COMMIT || builtVersion.commit})`;

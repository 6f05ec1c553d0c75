/** Known vulnerabilities that the image may have for a while, as tools/release/scan.ts names them. */

export interface Accepted {
  /** Such as `GHSA-…`, `DEBIAN-CVE-…` or an alias of it, such as `CVE-…`. */
  readonly id: string;
  /** Why it does no harm here, or what is waited for. */
  readonly reason: string;
  /** The last day, as YYYY-MM-DD; after it the scan fails again. */
  readonly until: string;
}

export const ACCEPTED: readonly Accepted[] = [];

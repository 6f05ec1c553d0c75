import type { Spread } from './statistics.ts';

/** A bar of the picture. */
export interface Bar {
  readonly name: string;
  readonly spread: Spread;
  /** Whether it is the service and not a peer. */
  readonly isService: boolean;
}

const WIDTH = 760;
const LABELS = 300;
const ROW = 34;
const TOP = 62;

/** Room for the number after the longest bar. */
const NUMBERS = 80;

/** An SVG with a bar for each median and a line from minimum to maximum; readable on light and on dark. */
export const picture = (title: string, subtitle: string, bars: readonly Bar[]): string => {
  const largest = Math.max(...bars.map(({ spread }) => spread.maximum));
  const x = (value: number) => round(LABELS + (value / largest) * (WIDTH - LABELS - NUMBERS));
  const height = TOP + bars.length * ROW + 12;
  const rows = bars.map(({ name, spread, isService }, index) => {
    const y = TOP + index * ROW;
    const { minimum, median, maximum } = spread;
    return `<text x="${LABELS - 10}" y="${y + 16}" text-anchor="end">${escapeXml(name)}</text>
<rect class="${isService ? 'service' : 'peer'}" x="${LABELS}" y="${y}" width="${round(x(median) - LABELS)}" height="24" rx="2"/>
<path class="range" d="M${x(minimum)} ${y + 12}H${x(maximum)}M${x(minimum)} ${y + 7}v10M${x(maximum)} ${y + 7}v10"/>
<text class="number" x="${x(maximum) + 8}" y="${y + 16}">${Math.round(median).toLocaleString('en-GB')}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">
<title id="title">${escapeXml(title)}</title>
<style>
text { font: 14px system-ui, sans-serif; fill: #24292f; }
.title { font-size: 18px; font-weight: 600; }
.service { fill: #54aeff; }
.peer { fill: #c4ccd4; }
.range { stroke: #24292f; stroke-width: 1.5; fill: none; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .service { fill: #1f6feb; }
  .peer { fill: #484f58; }
  .range { stroke: #e6edf3; }
}
</style>
<text class="title" x="12" y="26">${escapeXml(title)}</text>
<text x="12" y="47">${escapeXml(subtitle)}</text>
${rows.join('\n')}
</svg>
`;
};

const round = (value: number): number => Math.round(value * 10) / 10;

const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

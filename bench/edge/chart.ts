/** One bar of a chart: a ratio, 1 being the peer. */
export interface Bar {
  readonly label: string;
  /** By peer; undefined where the peer cannot do it. */
  readonly ratios: Readonly<Record<string, number | undefined>>;
}

/** A bar chart as SVG that can be read in light and in dark: how cheap an operation is for us, the peers being 1. */
export function chart(title: string, note: string, bars: readonly Bar[]): string {
  const peers = [...new Set(bars.flatMap(({ ratios }) => Object.keys(ratios)))];
  const rowHeight = peers.length * (BAR + 2) + GAP;
  const height = TOP + bars.length * rowHeight + BOTTOM;
  const x = (ratio: number): number => LEFT + Math.min(ratio, MOST) * UNIT;
  const rows = bars.map(({ label, ratios }, row) => {
    const top = TOP + row * rowHeight;
    const drawn = peers.map((peer, i) => {
      const ratio = ratios[peer];
      if (ratio === undefined) return "";
      const y = top + i * (BAR + 2);
      const words = `${ratio.toFixed(2)}${ratio > MOST ? " →" : ""}`;
      return `<rect class="p${i}" x="${LEFT}" y="${y}" width="${(x(ratio) - LEFT).toFixed(1)}" height="${BAR}" rx="2"/>
<text class="v" x="${(x(ratio) + 5).toFixed(1)}" y="${y + BAR - 2}">${words}</text>`;
    });
    return `<text class="l" x="${LEFT - 10}" y="${top + (rowHeight - GAP) / 2 + 4}">${escape(label)}</text>${drawn.join("")}`;
  });
  const legend = peers.map(
    (peer, i) =>
      `<rect class="p${i}" x="${LEFT + i * 150}" y="44" width="12" height="12" rx="2"/><text x="${LEFT + i * 150 + 18}" y="54">against ${escape(peer)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}">
<style>
text { font: 12px system-ui, sans-serif; fill: #24292f } .t { font-size: 16px; font-weight: 600 } .l { text-anchor: end } .v { font-size: 11px }
.p0 { fill: #0969da } .p1 { fill: #2da44e } .p2 { fill: #bf8700 } line { stroke: #8c959f; stroke-dasharray: 3 3 } .n { fill: #57606a }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .n { fill: #8d96a0 } }
</style>
<text class="t" x="16" y="24">${escape(title)}</text>
${legend.join("\n")}
<line x1="${x(1)}" y1="62" x2="${x(1)}" y2="${height - BOTTOM + 4}"/>
${rows.join("\n")}
<text class="n" x="16" y="${height - 14}">${escape(note)}</text>
</svg>
`;
}

function escape(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
}

const WIDTH = 900;
const LEFT = 270;
const TOP = 72;
const BOTTOM = 40;
const BAR = 12;
const GAP = 12;
/** Pixels for a ratio of one; longer bars than `MOST` are cut. */
const UNIT = 110;
const MOST = 5.2;

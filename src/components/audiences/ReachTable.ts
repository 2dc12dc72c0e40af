import {formatCount, formatPercent} from "../format.js";
import {Table} from "../Table.js";
import type {Reached} from "./audiences.js";

interface Reach {
  channel: string;
  reachable: number;
  share: number;
  no_address: number;
  no_consent: number;
  stopped: number;
  bounced: number;
}

/** How many members each channel reaches, and the first reason against the others. */
export function ReachTable(rows: readonly Reached[], {name}: {name: string}): HTMLElement {
  const channels = [...new Set(rows.map(({channel}) => channel))].map((channel): Reach => {
    const found = rows.filter((row) => row.channel === channel);
    const of = (reason: string) => found.find((row) => row.reason === reason)?.profiles ?? 0;
    const all = found.reduce((sum, {profiles}) => sum + profiles, 0);
    const reachable = of("reachable");
    const [no_address, no_consent] = [of("no_address"), of("no_consent")];
    const share = all > 0 ? reachable / all : 0;
    return {channel, reachable, share, no_address, no_consent, stopped: of("stopped"), bounced: of("bounced")};
  });
  const count = (n: number) => formatCount(n);
  return Table(channels, {
    caption: "Reach by channel",
    name: `${name}-reach`,
    empty: "No channel is defined.",
    columns: {
      channel: "Channel",
      reachable: {label: "Reachable", format: count},
      share: {label: "Share", format: (share: number) => formatPercent(share)},
      no_address: {label: "No address", format: count},
      no_consent: {label: "No consent", format: count},
      stopped: {label: "Stopped", format: count},
      bounced: {label: "Bounced", format: count}
    }
  });
}

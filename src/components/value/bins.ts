/** A cell of the map: customers by repeat orders and days since the last order. As `value_map.sql` makes it. */
export interface MapCell {
  /** The fewest repeat orders in the cell. */
  frequency: number;
  /** The fewest days since the last order in the cell. */
  quiet: number;
  /** The days that a cell spans. */
  step: number;
  customers: number;
  /** Forecast: mean over the cell's customers; null where no drop-out can be told. */
  p_alive: number | null;
  /** Forecast: mean over the cell's customers. */
  expected_orders: number | null;
}

/** Where each bin of repeat orders begins. */
const frequencies = [0, 1, 2, 3, 4, 6, 10, 20, 50];

/** One history of the map: how many customers share it, and what is expected of each. */
export interface Scored {
  x: number;
  recency: number;
  age: number;
  customers: number;
  pAlive: number | null;
  orders: number | null;
}

/** Histories in the cells of the map. */
export function binHistories(histories: readonly Scored[]): MapCell[] {
  const longest = histories.reduce((max, {age}) => Math.max(max, age), 0);
  const step = 7 * Math.max(1, Math.ceil(longest / 70));
  const cells = new Map<string, MapCell>();
  for (const {x, recency, age, customers, pAlive, orders} of histories) {
    const frequency = frequencies.findLast((least) => x >= least)!;
    const quiet = Math.floor((age - recency) / step) * step;
    const key = `${frequency} ${quiet}`;
    const cell = cells.get(key) ?? {frequency, quiet, step, customers: 0, p_alive: null, expected_orders: null};
    cells.set(key, cell);
    cell.customers += customers;
    if (pAlive !== null) cell.p_alive = (cell.p_alive ?? 0) + customers * pAlive;
    if (orders !== null) cell.expected_orders = (cell.expected_orders ?? 0) + customers * orders;
  }
  return [...cells.values()]
    .map((cell) => ({
      ...cell,
      p_alive: cell.p_alive === null ? null : cell.p_alive / cell.customers,
      expected_orders: cell.expected_orders === null ? null : cell.expected_orders / cell.customers
    }))
    .sort((a, b) => a.frequency - b.frequency || a.quiet - b.quiet);
}

/** A bin of repeat orders in words: `4–5`, `50+`. */
export function frequencyText(frequency: number): string {
  const next = frequencies[frequencies.indexOf(frequency) + 1];
  if (next === undefined) return `${frequency}+`;
  return next - frequency === 1 ? String(frequency) : `${frequency}–${next - 1}`;
}

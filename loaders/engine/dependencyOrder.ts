/**
 * Names in an order in which each stands after those that it needs, as far as they are among the names; by name where
 * that leaves a choice. Where they go round in a circle there is none: `cycle` leads from a name back to itself.
 */
export function dependencyOrder(
  names: Iterable<string>,
  needs: (name: string) => Iterable<string>
): {order: string[]; cycle?: string[]} {
  const known = new Set(names);
  const order = new Set<string>();
  const path = new Set<string>();
  const visit = (name: string): string[] | undefined => {
    if (!known.has(name) || order.has(name)) return undefined;
    if (path.has(name)) return [...[...path].slice([...path].indexOf(name)), name];
    path.add(name);
    for (const needed of [...needs(name)].sort()) {
      const cycle = visit(needed);
      if (cycle) return cycle;
    }
    path.delete(name);
    order.add(name);
    return undefined;
  };
  for (const name of [...known].sort()) {
    const cycle = visit(name);
    if (cycle) return {order: [], cycle};
  }
  return {order: [...order]};
}

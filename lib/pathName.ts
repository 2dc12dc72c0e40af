/** Whether an id can stand in a page's path as it is. */
export function isPathName(id: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,99}$/i.test(id) && id !== "index";
}

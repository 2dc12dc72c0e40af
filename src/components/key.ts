/** An entry of a colour key. */
export interface Key {
  label: string;
  color: string;
}

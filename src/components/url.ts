type Scalar = string | number | boolean;

/** A literal's type: `"a"` is text. */
type Widen<T> = T extends string ? string : T extends number ? number : T extends boolean ? boolean : T;

export interface UrlState<T> {
  /** The present value; setting it rewrites the address (the default is left out) and tells the subscribers. */
  value: T;
  /** Calls back when the value changes here, by another control of the same key, or by back and forward. */
  subscribe(listener: (value: T) => void): () => void;
}

/**
 * A value that lives in the page's address under `key`, so that a link reproduces the view. Text, numbers, booleans
 * and lists of text are kept as such; what cannot be read back is the default.
 *
 * @example const lookback = urlState("lookback", "12 months");
 */
export function urlState<T extends Scalar | readonly string[]>(key: string, initial: T): UrlState<Widen<T>> {
  const fallback = initial as Widen<T> & T;
  const read = () => decode<Widen<T> & T>(new URLSearchParams(location.search).getAll(key), fallback);
  return {
    get value() {
      return read();
    },
    set value(value: Widen<T>) {
      const search = withParameter<T>(location.search, key, value as T, fallback);
      if (search === location.search) return;
      history.replaceState(history.state, "", `${location.pathname}${search}${location.hash}`);
      changes.dispatchEvent(new CustomEvent("change", {detail: key}));
    },
    subscribe(listener) {
      let last = JSON.stringify(read());
      const check = () => {
        const value = read();
        const text = JSON.stringify(value);
        if (text !== last) listener(value);
        last = text;
      };
      changes.addEventListener("change", check);
      addEventListener("popstate", check);
      return () => {
        changes.removeEventListener("change", check);
        removeEventListener("popstate", check);
      };
    }
  };
}

const changes = new EventTarget();

/** The search part of an address with `key` set to `value`: other keys stay, a default is left out. */
export function withParameter<T extends Scalar | readonly string[]>(
  search: string,
  key: string,
  value: T,
  fallback: T
): string {
  const parameters = new URLSearchParams(search);
  parameters.delete(key);
  if (JSON.stringify(value) !== JSON.stringify(fallback)) {
    const values = Array.isArray(value) ? value : [value];
    if (values.length === 0) parameters.append(key, "");
    for (const item of values) parameters.append(key, String(item));
  }
  const text = parameters.toString();
  return text ? `?${text}` : "";
}

/** Reads a parameter's texts as the type that its default has. */
export function decode<T extends Scalar | readonly string[]>(texts: readonly string[], fallback: T): T {
  const text = texts[0];
  if (text === undefined) return fallback;
  if (Array.isArray(fallback)) return (texts.length === 1 && text === "" ? [] : [...texts]) as unknown as T;
  if (typeof fallback === "boolean") return (text === "true" ? true : text === "false" ? false : fallback) as T;
  if (typeof fallback === "number") {
    const number = text.trim() === "" ? NaN : Number(text);
    return (Number.isFinite(number) ? number : fallback) as T;
  }
  return text as T;
}

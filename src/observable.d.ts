declare module "observablehq:stdlib" {
  export interface FileAttachment {
    readonly name: string;
    readonly href: string;
    readonly size: number;
    readonly mimeType: string;
    readonly lastModified: number;
    url(): Promise<string>;
    blob(): Promise<Blob>;
    arrayBuffer(): Promise<ArrayBuffer>;
    text(encoding?: string): Promise<string>;
    json<T = unknown>(): Promise<T>;
    stream(): Promise<ReadableStream<Uint8Array>>;
    csv(options?: {typed?: boolean; array?: boolean}): Promise<Record<string, unknown>[]>;
    tsv(options?: {typed?: boolean; array?: boolean}): Promise<Record<string, unknown>[]>;
    arrow(): Promise<import("apache-arrow").Table>;
  }
  export function FileAttachment(name: string): FileAttachment;
}

import {fileName} from "../fileName.js";
import {tenfold} from "../tenfold.js";
import {kinds, type Field} from "./kinds.js";
import {shareHeldOut, withHeldOut} from "./shares.js";

/** What the wizard has been told. */
export interface Draft {
  audience: string;
  destination: {
    id: string;
    /** Of a new one; undefined of one that there is. */
    made?: {name: string; kind: string; settings: Record<string, string>; consent: string};
    /** The file as it stands, where it can be read. */
    text?: string;
    /** Of that text, to be given back when saving. */
    version?: string;
  };
  campaign?: {
    id: string;
    /** Of a new one; `heldOut` is a share, 0 to 0.5. */
    made?: {name: string; heldOut: number; windowDays: number};
    /** Of one that there is: its file as it stands, and the version of that. */
    text?: string;
    version?: string;
    /** Another share to be held out than it says. */
    heldOut?: number;
  };
  /** Undefined where they are left as they are. */
  fields?: readonly Field[];
  /** Undefined where it is sent by hand. */
  when?: {schedule: string; until: string; catchUp: string};
}

/** A definition to be written. */
export interface DraftFile {
  kind: "campaigns" | "destinations";
  id: string;
  text: string;
  /** Of the text that it is to take the place of; null of a new file. */
  version: string | null;
  /** It is not the whole file but what is to be put into it: the file cannot be read from here. */
  isPart?: boolean;
}

/** The definitions that a draft comes to, in the order in which they are to be written. Throws where the YAML is broken. */
export async function draftFiles(draft: Draft): Promise<DraftFile[]> {
  const yaml = await import("yaml");
  const files: DraftFile[] = [];
  const {campaign, destination} = draft;
  if (campaign?.made) {
    files.push({kind: "campaigns", id: campaign.id, version: null, text: write(yaml, "campaign", campaignOf(draft))});
  } else if (campaign?.text !== undefined && campaign.heldOut !== undefined) {
    const text = reshared(yaml, campaign.text, campaign.heldOut);
    if (text !== campaign.text) files.push({kind: "campaigns", id: campaign.id, version: campaign.version!, text});
  }
  const delivery = deliveryOf(draft);
  const of = {kind: "destinations", id: destination.id} as const;
  if (destination.made) {
    files.push({...of, version: null, text: write(yaml, "destination", destinationOf(draft, delivery))});
  } else if (destination.text !== undefined) {
    const text = edited(yaml, destination.text, draft, delivery);
    if (text !== destination.text) files.push({...of, version: destination.version!, text});
  } else if (delivery) {
    files.push({...of, version: null, isPart: true, text: yaml.stringify({deliveries: [delivery]}, {lineWidth: 0})});
  }
  return files;
}

/** What is to be run to send a draft by hand, or to try it. */
export function commandOf({audience, destination, campaign}: Draft, isDry: boolean): string {
  const words = ["activate", audience, destination.id];
  if (campaign) words.push("--campaign", campaign.id);
  return tenfold([...words, ...(isDry ? ["--dry-run"] : [])].join(" "));
}

/** What a draft lacks, one sentence each. */
export function missingOf({audience, destination, campaign, fields}: Draft, kind: string | undefined): string[] {
  const missing: string[] = [];
  if (!audience) missing.push("Choose an audience.");
  if (!destination.id) missing.push(destination.made ? "Name the destination." : "Choose a destination.");
  if (campaign && !campaign.id) missing.push("Name the campaign.");
  if (kind === "smtp" && !campaign) missing.push("A mail belongs to a campaign: choose one.");
  for (const {key, label, isOptional} of kinds.find((one) => one.kind === destination.made?.kind)?.settings ?? []) {
    if (!isOptional && !destination.made!.settings[key]?.trim()) missing.push(`${label}: missing.`);
  }
  if (fields?.some(({name, from}) => !name.trim() || !from.trim()))
    missing.push("Each field needs a name and a source.");
  if (fields?.length === 0) missing.push("At least one field has to leave.");
  return missing;
}

type Yaml = typeof import("yaml");
type Delivery = Record<string, string>;

function campaignOf({audience, campaign}: Draft): object {
  const {name, heldOut, windowDays} = campaign!.made!;
  const held = Math.round(heldOut * 1000) / 10;
  return {
    name: name.trim(),
    audience,
    arms: {
      mail: {label: "Mailed", share: Math.round((100 - held) * 10) / 10},
      ...(held > 0 && {holdout: {label: "Held out", holdout: true, share: held}})
    },
    conversion: {window_days: windowDays}
  };
}

function destinationOf({destination, fields = []}: Draft, delivery: Delivery | undefined): object {
  const {name, kind, settings, consent} = destination.made!;
  const definition: Record<string, unknown> = {name: name.trim(), kind};
  for (const {key, type} of kinds.find((one) => one.kind === kind)!.settings) {
    const text = settings[key]?.trim();
    if (!text) continue;
    const value = type === "number" ? Number(text) : text;
    const [outer, inner] = key.split(".") as [string, string | undefined];
    definition[outer] = inner === undefined ? value : {...(definition[outer] as object), [inner]: value};
  }
  return {
    ...definition,
    fields: fieldsOf(fields),
    ...(consent.trim() && {consent: consent.trim()}),
    ...(delivery && {deliveries: [delivery]})
  };
}

function fieldsOf(fields: readonly Field[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.map(({name, from, required}) => [name.trim(), required ? {from: from.trim(), required} : from.trim()])
  );
}

function deliveryOf({audience, campaign, when}: Draft): Delivery | undefined {
  if (!when) return undefined;
  return {
    audience,
    ...(campaign && {campaign: campaign.id}),
    schedule: when.schedule.trim(),
    ...(when.until && {until: when.until}),
    ...(when.catchUp !== "once" && {catch_up: when.catchUp})
  };
}

/** A campaign's file with another share held out; whatever else it says stays. */
function reshared(yaml: Yaml, before: string, heldOut: number): string {
  const document = yaml.parseDocument(before);
  const [broken] = document.errors;
  if (broken) throw new Error(`the campaign's file is not YAML: ${broken.message.split("\n")[0]}`);
  const {arms} = document.toJS() as {arms?: object};
  const held = shareHeldOut(arms);
  if (held !== null && Math.abs(held - heldOut) < 0.0005) return before;
  document.set("arms", document.createNode(withHeldOut(arms, heldOut)));
  return document.toString({lineWidth: 0, flowCollectionPadding: false});
}

/** A destination's file with other fields and one more delivery; whatever else it says stays, comments too. */
function edited(yaml: Yaml, before: string, {fields}: Draft, delivery: Delivery | undefined): string {
  const document = yaml.parseDocument(before);
  const [broken] = document.errors;
  if (broken) throw new Error(`the destination's file is not YAML: ${broken.message.split("\n")[0]}`);
  const now = document.toJS() as {fields?: object; deliveries?: Delivery[]};
  const isMapped = fields !== undefined && JSON.stringify(readFields(now.fields)) !== JSON.stringify(fields);
  // The rest keeps every byte where that can be had.
  if (!isMapped && delivery && now.deliveries === undefined) {
    return `${before.trimEnd()}\n${yaml.stringify({deliveries: [delivery]}, {lineWidth: 0})}`;
  }
  let isChanged = false;
  if (isMapped) {
    document.set("fields", document.createNode(fieldsOf(fields)));
    isChanged = true;
  }
  if (delivery) {
    const same = (one: Delivery) => one.audience === delivery.audience && one.campaign === delivery.campaign;
    const place = (now.deliveries ?? []).findIndex(same);
    if (place < 0) {
      if (now.deliveries?.length) document.addIn(["deliveries"], document.createNode(delivery));
      else document.set("deliveries", document.createNode([delivery]));
      isChanged = true;
    } else if (JSON.stringify(now.deliveries![place]) !== JSON.stringify(delivery)) {
      document.setIn(["deliveries", place], document.createNode(delivery));
      isChanged = true;
    }
  }
  return isChanged ? document.toString({lineWidth: 0, flowCollectionPadding: false}) : before;
}

/** A definition's `fields`, as the wizard edits them. */
export function readFields(fields: object | undefined): Field[] {
  return Object.entries(fields ?? {}).map(([name, field]: [string, string | {from: string; required?: boolean}]) =>
    typeof field === "string"
      ? {name, from: field, required: false}
      : {name, from: field.from, required: field.required ?? false}
  );
}

function write(yaml: Yaml, schema: string, definition: object): string {
  return `# yaml-language-server: $schema=../schemas/${schema}.json\n${yaml.stringify(definition, {lineWidth: 0})}`;
}

/** A name as the id of a file that is not there yet. */
export function freeId(name: string, taken: ReadonlySet<string>): string {
  const id = fileName(name);
  if (id === "" || !taken.has(id)) return id;
  for (let i = 2; ; ++i) if (!taken.has(`${id}-${i}`)) return `${id}-${i}`;
}

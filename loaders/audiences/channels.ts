import type {ChannelDefinition} from "../../lib/definitions/channel.js";
import type {Mistake} from "../../lib/definitions/check.js";
import {unknownName} from "../../lib/definitions/explain.js";
import {eventTypes} from "../../lib/definitions/vocabulary.js";
import {checkRule} from "../../lib/rules/check.js";
import type {Catalogue} from "../../lib/rules/field.js";
import {formatPath} from "../../lib/rules/finding.js";
import type {Workspace} from "../workspace.js";

export interface Channel extends ChannelDefinition {
  id: string;
}

/**
 * How people can be reached: as workspace.yaml says, else by e-mail, where an identity or an attribute is called email
 * and with those of the usual events that sources yield.
 */
export function channels(workspace: Pick<Workspace, "channels" | "sources">): Channel[] {
  if (workspace.channels) return Object.entries(workspace.channels).map(([id, channel]) => ({id, ...channel}));
  const isIdentity = workspace.sources.some(({identities}) => identities.some(({namespace}) => namespace === "email"));
  const isAttribute = workspace.sources.some(({attributes}) => "email" in attributes);
  if (!isIdentity && !isAttribute) return [];
  const yielded = new Set(workspace.sources.flatMap((source) => eventTypes({...source, id: source.rule})));
  const known = (...types: string[]) => types.filter((type) => yielded.has(type));
  return [
    {
      id: "email",
      label: "E-mail",
      address: isIdentity ? {identity: "email"} : {attribute: "email"},
      bounced: known("email.bounced"),
      delivered: known("email.delivered"),
      stopped: known("email.unsubscribed", "email.complained"),
      publish: "none"
    }
  ];
}

/** What is wrong with the channels of workspace.yaml: names that no source knows, rules that fail their check. */
export function channelMistakes(workspace: Workspace, fields: Catalogue): Mistake[] {
  if (!workspace.channels || workspace.sources.length === 0) return [];
  const {sources} = workspace;
  const namespaces = new Set(sources.flatMap(({identities}) => identities.map(({namespace}) => namespace)));
  const attributes = new Set(sources.flatMap((source) => Object.keys(source.attributes)));
  const types = new Set(sources.flatMap((source) => eventTypes({...source, id: source.rule})));
  const mistakes: Mistake[] = [];
  for (const [id, {address, consent, ...channel}] of Object.entries(workspace.channels)) {
    const add = (path: (string | number)[], message: string) => {
      mistakes.push(workspace.mistake(["channels", id, ...path], message));
    };
    if ("identity" in address && !namespaces.has(address.identity)) {
      add(["address", "identity"], unknownName("namespace", address.identity, namespaces));
    }
    if ("attribute" in address && !attributes.has(address.attribute)) {
      add(["address", "attribute"], unknownName("attribute", address.attribute, attributes));
    }
    for (const key of ["bounced", "delivered", "stopped"] as const) {
      for (const [i, type] of channel[key].entries()) {
        if (types.has(type)) continue;
        add([key, i], `no source yields ${unknownName("event type", type, types).replace("unknown ", "")}`);
      }
    }
    if (!consent) continue;
    for (const {path, message, severity} of checkRule(consent, fields, {
      asOf: new Date(0),
      timeZone: workspace.time_zone
    })) {
      if (severity !== "error") continue;
      const place = workspace.mistake(["channels", id, "consent", ...path], "");
      mistakes.push({...place, message: `channels.${id}.consent: ${formatPath(path)}: ${message}`});
    }
  }
  return mistakes;
}

/** Why each person can be reached or not, as columns of the published profiles; of channels that say `publish: rows`. */
export function reachColumns(workspace: Pick<Workspace, "channels" | "sources">): {
  channel: Channel;
  column: string;
}[] {
  return channels(workspace)
    .filter(({publish}) => publish === "rows")
    .map((channel) => ({channel, column: `reach__${channel.id}`}));
}

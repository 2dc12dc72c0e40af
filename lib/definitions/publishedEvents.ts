import {isPersonal, personalFields} from "./personal.js";
import type {EventMapping, FieldDefinition, SourceDefinition} from "./source.js";

/** Events that may leave by the person: those of one source and type, and which of their fields. */
export interface PublishedEvents {
  source: string;
  type: string;
  value: boolean;
  quantity: boolean;
  campaign: boolean;
  /** Sorted. */
  properties: string[];
}

type NamedSource = Pick<SourceDefinition, "kind" | "columns" | "events" | "attributes"> & {id: string};

/**
 * What sources mark `publish: rows` of their events. Where several mappings of a source yield one type, only what all of
 * them allow; nothing that is personal in any source, nor derives from a personal column.
 */
export function publishedEvents(sources: readonly NamedSource[]): PublishedEvents[] {
  const personal = new Set(personalFields(sources));
  return sources
    .filter(({kind}) => kind === "events")
    .flatMap((source) => {
      const byType = new Map<string, EventMapping[]>();
      for (const event of source.events) {
        for (const type of typesOf(event)) byType.set(type, [...(byType.get(type) ?? []), event]);
      }
      return [...byType]
        .filter(([, events]) => events.every(({publish}) => publish === "rows"))
        .map(([type, events]) => {
          const may = (field: "value" | "quantity" | "campaign") =>
            events.every((event) => !isPersonal(source, event[field]));
          const names = new Set(events.flatMap(({properties}) => Object.keys(properties)));
          const properties = [...names].filter(
            (name) => !personal.has(name) && events.every(({properties}) => isShown(properties[name]))
          );
          const fields = {value: may("value"), quantity: may("quantity"), campaign: may("campaign")};
          return {source: source.id, type, ...fields, properties: properties.sort()};
        });
    });
}

function typesOf({type}: EventMapping): string[] {
  return typeof type === "string" ? [type] : type.values;
}

/** A property that a mapping does not have shows nothing. */
function isShown(field: FieldDefinition | undefined): boolean {
  return field === undefined || (typeof field === "object" && field.publish === "rows");
}

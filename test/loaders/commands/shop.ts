import {readFileSync, rmSync} from "node:fs";
import {join} from "node:path";
import type {Database} from "../../../loaders/engine/database.js";
import {openSnapshot} from "../../../loaders/engine/snapshot.js";
import {addFile, makeFolder} from "../../folder.js";
import {shopOrders} from "../../shop.js";

/** A small workspace in a folder of its own: four customers, their orders, and what tests write into it. */
export interface Shop {
  root: string;
  write(file: string, text: string | Uint8Array): void;
  read(file: string): string;
  remove(file: string): void;
  /** Asks what the last refresh left. */
  look<T>(work: (database: Database) => Promise<T>): Promise<T>;
  close(): void;
}

/** Makes the workspace: as-of is the end of 4 January 2024 in UTC. Spend: a 10, b 20, c 30, d nothing. */
export function openShop(files: Record<string, string> = {}): Shop {
  const root = makeFolder({...base, ...files});
  return {
    root,
    write: (file, text) => addFile(root, file, text),
    read: (file) => readFileSync(join(root, file), "utf8"),
    remove: (file) => rmSync(join(root, file)),
    async look(work) {
      const database = (await openSnapshot({warehouse: join(root, "warehouse")}))!;
      try {
        return await work(database);
      } finally {
        database.close();
      }
    },
    close: () => rmSync(root, {recursive: true, force: true})
  };
}

/** The definition of the customers with these attributes. */
export function membersSource(...attributes: string[]): string {
  return `kind: profiles
columns: {email: {personal: true}, ${attributes.map((name) => `${name}: {}`).join(", ")}}
identities: [{namespace: email, from: email, primary: true}]
time: {constant: 2024-01-01}
attributes: {${attributes.map((name) => `${name}: {from: ${name}, publish: rows}`).join(", ")}}
`;
}

const base = {
  "workspace.yaml":
    "name: Shop\ncurrency: EUR\nhistory: 0\nlookbacks: [lifetime]\nmetrics: {spend: {events: [commerce.purchase], expression: sum(value), unit: money}}\n",
  "sources/orders.yaml": shopOrders,
  "sources/members.yaml": membersSource("tier", "code"),
  "landing/orders/orders.csv":
    "id,customer,day,amount\n1,a@x.org,2024-01-01,10\n2,b@x.org,2024-01-02,20\n3,c@x.org,2024-01-04,30\n",
  "landing/members/members.csv": "email,tier,code\na@x.org,gold,A1\nb@x.org,gold,B2\nc@x.org,silver,C3\nd@x.org,,D4\n"
};

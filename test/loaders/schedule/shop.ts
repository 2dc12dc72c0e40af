import {readdirSync, readFileSync, rmSync} from "node:fs";
import type {AddressInfo} from "node:net";
import {join} from "node:path";
import {SMTPServer} from "smtp-server";
import {addFile, makeFolder} from "../../folder.js";
import {shopOrders, shopWorkspace} from "../../shop.js";

/** A workspace that sends by itself at the minute of the hour when it was opened, and the mail server that it sends to. */
export interface Shop {
  root: string;
  /** Whom mails came for, in order. */
  mails: string[];
  /** Lands a file of orders: customer and day. */
  land(name: string, orders: [customer: string, day: string][]): void;
  /** The rows of each exported file, header left out, in the order of their names. */
  files(): string[][];
  close(): Promise<void>;
}

/** Twelve customers of whom ten bought in the last week: the audience `lately`, sent to a folder and by mail. */
export async function openShop(): Promise<Shop> {
  const mails: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, {envelope: {rcptTo}}, done) {
      stream.resume().on("end", () => {
        mails.push(...rcptTo.map(({address}) => address));
        done();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const {port} = server.server.address() as AddressInfo;
  const root = makeFolder(definitions(port, new Date().getUTCMinutes()));
  const land: Shop["land"] = (name, orders) =>
    addFile(root, `landing/orders/${name}.csv`, ["id,customer,day,amount", ...orders.map(([customer, day], i) => `${name}-${i},${customer},${day},${10 + i}`), ""].join("\n")); // prettier-ignore
  const customers = Array.from({length: 12}, (_, i) => `p${i + 1}@shop.example`);
  land("first", customers.map((customer, i) => [customer, i < 2 ? "2024-01-01" : `2024-03-0${(i % 7) + 1}`])); // prettier-ignore
  return {
    root,
    mails,
    land,
    files() {
      const folder = join(root, "exports");
      const names = readdirSync(folder).filter((name) => name.endsWith(".csv")).sort(); // prettier-ignore
      return names.map((name) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n").slice(1));
    },
    async close() {
      await new Promise<void>((resolve) => server.close(resolve));
      rmSync(root, {recursive: true, force: true});
    }
  };
}

function definitions(port: number, minute: number): Record<string, string> {
  return {
    "workspace.yaml": shopWorkspace,
    "sources/orders.yaml": shopOrders,
    "audiences/lately.yaml": "name: Bought lately\nrule: {event: commerce.purchase, time: {in_last: 7 days}}\n",
    "campaigns/thanks.yaml": "name: Thanks\n",
    "destinations/files.yaml": `name: Files
kind: folder
path: exports
fields: {email: {from: identities.email, required: true}}
deliveries: [{audience: lately, schedule: "${minute} * * * *"}]
`,
    "destinations/letters.yaml": `name: Letters
kind: smtp
host: 127.0.0.1
port: ${port}
tls: none
from: Shop <news@shop.example>
subject: Thank you
text: Thank you for your order.
unsubscribe: {url: "https://shop.example/out/{{send_id}}"}
fields: {email: {from: identities.email, required: true}}
rate: {requests: 1000}
deliveries: [{audience: lately, campaign: thanks, schedule: "${minute} * * * *"}]
`
  };
}

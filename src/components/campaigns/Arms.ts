import {formatMoney} from "../format.js";
import {Table} from "../Table.js";
import type {ArmSummary} from "./campaigns.js";

/** What each arm got and gave back. */
export function Arms(arms: readonly ArmSummary[], {name, currency}: {name: string; currency: string}): HTMLElement {
  const several = arms.filter((arm) => arm.arm !== "*" && !arm.is_holdout).length > 1;
  return Table(
    arms.filter((arm) => several || arm.arm !== "*"),
    {
      caption: `Arms of ${name}`,
      name: "arms",
      columns: {
        label: "Arm",
        assigned: "Assigned",
        sent: "Sent",
        delivered: "Delivered",
        bounced: "Bounced",
        opened: {label: "Opened, reported", description: "Mails with any open"},
        human_opened: {label: "Opened", description: "Mails with an open that no machine made"},
        human_clicked: {label: "Clicked", description: "Mails with a click that no scanner made"},
        unsubscribed: "Unsubscribed",
        complained: "Complained",
        converted: {label: "Bought", description: "Mails credited with an order"},
        revenue: {label: "Credited", description: "Net of refunds", format: (v: number) => formatMoney(v, currency)}
      }
    }
  );
}

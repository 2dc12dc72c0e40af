import {formatDate} from "../format.js";
import {Picker, type Control} from "../Picker.js";
import type {Campaign} from "./campaigns.js";

/** The choice of one campaign, the latest first; kept in the address. */
export function CampaignPicker(campaigns: readonly Campaign[]): Control<string> {
  return Picker({
    label: "Campaign",
    key: "campaign",
    options: campaigns.map(({campaign_id, name, sent_date}) => ({
      value: campaign_id,
      label: sent_date ? `${name}, ${formatDate(sent_date)}` : name
    }))
  });
}

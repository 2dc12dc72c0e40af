/** What the sample is drawn from; written into its truth file. Weeks are the unit of time, euros of money. */
export const parameters = {
  /** UTC; members join until `stop`, and the last event is before it. */
  start: "2023-07-01 00:00:00",
  stop: "2026-06-30 22:00:00",
  /** Pareto/NBD: purchase rate ~ Gamma(r, alpha), drop-out rate ~ Gamma(s, beta). */
  r: 1.5,
  alpha: 18,
  s: 0.5,
  beta: 40,
  /** Gamma-Gamma: an amount ~ Gamma(p, scale), scale ~ Gamma(q, v). The mean amount is p v / (q - 1). */
  p: 6,
  q: 4,
  v: 120
};

/** A campaign of the sample: its arms' shares and the chance that a mail which arrives causes one purchase more. */
export interface PlannedCampaign {
  id: string;
  /** UTC. */
  sentAt: string;
  audiences: string[];
  arms: Record<string, {share: number; effect: number}>;
}

export const campaignPlan: PlannedCampaign[] = [
  {
    id: "autumn-fares",
    sentAt: "2025-10-14 07:00:00",
    audiences: ["frequent", "occasional"],
    arms: {mail: {share: 0.8, effect: 0.05}, holdout: {share: 0.2, effect: 0}}
  },
  {
    id: "winter-comeback",
    sentAt: "2026-02-10 08:00:00",
    audiences: ["occasional", "quiet"],
    arms: {
      plain: {share: 0.35, effect: 0.015},
      bonus: {share: 0.35, effect: 0.06},
      holdout: {share: 0.3, effect: 0}
    }
  },
  {
    id: "spring-newsletter",
    sentAt: "2026-04-21 07:00:00",
    audiences: ["frequent", "occasional", "quiet"],
    arms: {mail: {share: 0.8, effect: 0}, holdout: {share: 0.2, effect: 0}}
  }
];

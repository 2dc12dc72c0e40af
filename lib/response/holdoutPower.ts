/** What a campaign's holdout can tell, said before anything is sent. */
export interface HoldoutPower {
  treated: number;
  heldOut: number;
  /** The share of these people who converted in as many days before. */
  base: number;
  windowDays: number;
  /** The smallest rise that is found with 80% power at 5%; null where none is. */
  detectable: number | null;
  /** How many would have to be held out to find a rise of one point; null where even half is not enough. */
  neededForOnePoint: number | null;
  /** Of the campaign's first measure of money, where it has one: what these people spent per head in as many days before. */
  money?: {mean: number; deviation: number; detectable: number | null};
}

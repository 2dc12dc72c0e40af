/** What is known of opens and clicks: mails, once each. */
export interface Opens {
  /** Mails with an open that no machine made. */
  humanOpened: number;
  /** Of those, mails that a person clicked. */
  humanOpenedClicked: number;
  /** Mails that machines alone opened: a privacy proxy hides whether a person did, too. */
  onlyMachineOpened: number;
  onlyMachineOpenedClicked: number;
}

/**
 * How many mails people really opened: those seen, and of those that machines alone opened as many as their clicks tell,
 * if such readers click as often per open as the others do. Undefined where nobody clicked among those seen.
 */
export function estimatedOpens(opens: Opens): number | undefined {
  const {humanOpened, humanOpenedClicked, onlyMachineOpened, onlyMachineOpenedClicked} = opens;
  if (humanOpenedClicked === 0) return onlyMachineOpened === 0 ? humanOpened : undefined;
  const hidden = (onlyMachineOpenedClicked * humanOpened) / humanOpenedClicked;
  return humanOpened + Math.min(onlyMachineOpened, hidden);
}

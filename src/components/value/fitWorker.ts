import {Refitting, type Refit, type RefitChoice, type RefitData} from "./refit.js";

export type Question = {data: RefitData} | {choice: RefitChoice};
export type Answer = {refit: Refit} | {error: string};

/** The worker's end: takes the data once, then answers choices. */
const port = globalThis as unknown as {
  addEventListener(type: "message", listener: (event: {data: Question}) => void): void;
  postMessage(answer: Answer, transfer: []): void;
};

let refitting: Refitting | undefined;

port.addEventListener("message", ({data: question}) => {
  if ("data" in question) refitting = new Refitting(question.data);
  else port.postMessage(answer(question.choice), []);
});

function answer(choice: RefitChoice): Answer {
  try {
    return {refit: refitting!.run(choice)};
  } catch (error) {
    return {error: (error as Error).message};
  }
}

export * from "../engine/schedule.js";

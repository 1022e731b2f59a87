import * as api from "token-budget";
import * as testing from "token-budget/testing";
import { SimulatedProvider } from "token-budget/testing/provider";

import { exercise } from "./exercise.cjs";

if (Object.keys(testing).length === 0) throw new Error("./testing exports nothing");
if (typeof SimulatedProvider.start !== "function") throw new Error("no simulated provider");
const { ManualClock } = testing;
const clock = new ManualClock(0);
clock.advance(5);
if (clock.now() !== 5) throw new Error("ManualClock does not move");
process.stdout.write(`passed ${await exercise(api)} checks\n`);

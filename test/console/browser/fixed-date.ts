// Loaded before a program (`node --import`): its dates stand still at `FIXED_NOW`, its timers do not.

const fixedNow = Number(process.env["FIXED_NOW"]);

globalThis.Date = new Proxy(Date, {
  construct: (target, given: unknown[], called) =>
    Reflect.construct(target, given.length === 0 ? [fixedNow] : given, called),
  get: (target, name) => (name === "now" ? () => fixedNow : Reflect.get(target, name)),
});

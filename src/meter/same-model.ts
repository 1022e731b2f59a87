// Names of one model.

/** Whether a model that answered is the one that was asked for, under another name of it. */
export function isSameModel(answered: string, asked: string): boolean {
  return answered === asked || isNameWithin(answered, asked) || isRelated(answered, asked);
}

/** Whether `global.anthropic.claude-x-v1:0` was asked for, and `claude-x` answered. */
export function isNameWithin(answered: string, asked: string): boolean {
  const start = asked.lastIndexOf(answered);
  if (start < 1 || answered === "" || asked[start - 1] !== ".") return false;
  return /^(?:-v\d[\d:]*)?$/.test(asked.slice(start + answered.length));
}

/** Whether one of two names is how the other begins, as a dated name of the same model is. */
export function isRelated(one: string, other: string): boolean {
  const [short, long] = [lastName(one), lastName(other)].toSorted((a, b) => a.length - b.length);
  return short !== undefined && short !== "" && long?.startsWith(short) === true;
}

function lastName(model: string): string {
  return model.slice(model.lastIndexOf("/") + 1).toLowerCase();
}

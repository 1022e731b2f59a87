/** A list of numbers that is filled and cleared over and over without letting go of its memory. */
export class NumberList {
  readonly #numbers: number[] = [];
  length = 0;

  add(number: number): void {
    if (this.length === this.#numbers.length) this.#numbers.push(number);
    else this.#numbers[this.length] = number;
    this.length++;
  }

  at(index: number): number {
    return this.#numbers[index] ?? 0;
  }

  /** Takes the last one away; undefined when there is none. */
  pop(): number | undefined {
    if (this.length === 0) return undefined;
    this.length--;
    return this.#numbers[this.length];
  }

  clear(): void {
    this.length = 0;
  }
}

/** A list of numbers that is filled and cleared repeatedly without freeing its memory. */
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

  /** Removes and returns the last number; undefined if the list is empty. */
  pop(): number | undefined {
    if (this.length === 0) return undefined;
    this.length--;
    return this.#numbers[this.length];
  }

  clear(): void {
    this.length = 0;
  }
}

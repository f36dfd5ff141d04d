export interface Sample {
  readonly source: string;
  readonly content: string;
}

export function documents(): readonly string[];
export function samplesOf(document: string): readonly Sample[];
export function render(source: string): string;
export function isSame(source: string, written: string, rendered: string): boolean;

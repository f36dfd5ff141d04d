// How a text is to look. Handed in by whoever prints it: nothing here reads the process.

/** Marks parts of a text; a runner's own colours, or none. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
}

const same = (text: string): string => text;

/** No colours. */
export const plainPaint: Paint = { bold: same, dim: same, red: same, green: same };

/** Who reads the text, and where. */
export interface TextOptions {
  /** Paths below this folder are shown relative to it. */
  readonly root: string;
  /** Default: {@link plainPaint}. */
  readonly paint?: Paint;
  /** Columns. Default: 80. The first line is never broken. */
  readonly width?: number;
  /** Everything instead of the top. Default: false. */
  readonly verbose?: boolean;
}

/** {@link TextOptions} with the defaults filled in. */
export type Style = Required<TextOptions>;

export function toStyle(options: TextOptions): Style {
  return {
    root: options.root,
    paint: options.paint ?? plainPaint,
    width: options.width ?? 80,
    verbose: options.verbose ?? false,
  };
}

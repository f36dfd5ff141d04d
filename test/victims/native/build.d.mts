export declare const victimAddon: string;
export declare function buildVictimAddon(): string;

/** The part of the package's own interface that is used; it comes without types. */
declare module "libheif-js/wasm-bundle.js" {
  export interface HeifImage {
    get_width(): number;
    get_height(): number;
    is_primary(): boolean;
    has_alpha_channel(): boolean;
    /** Fills the data with RGBA, upright as the file says; calls back with null when it can't be decoded. */
    display(pixels: Pixels, done: (pixels: Pixels | null) => void): void;
  }
  export interface Pixels {
    readonly data: Uint8Array;
    readonly width: number;
    readonly height: number;
  }
  const libheif: { HeifDecoder: new () => { decode(file: Uint8Array): HeifImage[] } };
  export default libheif;
}

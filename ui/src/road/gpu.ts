// Is there WebGL, and is it a GPU or a program that plays one?

/** The name of the renderer where there is WebGL 2, else null. */
export function webglRenderer(): string | null {
  const context = document.createElement('canvas').getContext('webgl2')
  if (!context) return null
  const info = context.getExtension('WEBGL_debug_renderer_info')
  const name = String(context.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER))
  context.getExtension('WEBGL_lose_context')?.loseContext()
  return name
}

export function isSoftware(renderer: string): boolean {
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer)
}

/** A canvas of the page, or one handed to a worker. */
export type AnyCanvas = HTMLCanvasElement | OffscreenCanvas

/** A canvas to draw textures on; works in a worker too. */
export function sketch(
  width: number,
  height: number,
  draw: (context: OffscreenCanvasRenderingContext2D) => void,
): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (context) draw(context)
  return canvas
}

// Plates of signs: drawn once on a canvas each, shared by value.

import {
  CanvasTexture,
  DoubleSide,
  Mesh,
  MeshBasicMaterial,
  Object3D,
  PlaneGeometry,
  SRGBColorSpace,
} from 'three'
import { number, type SceneryItem } from './document'
import { sketch } from './gpu'
import type { Look } from './palette'

const PLANE = new PlaneGeometry(1, 1)
const FONT = '"Inter Variable", system-ui, sans-serif'

/** Makes and owns the plates of one map. */
export class SignBoards {
  readonly root = new Object3D()
  readonly #materials = new Map<string, MeshBasicMaterial>()

  /** Exit board or gantry plate: white lines on its colour. */
  board(item: SceneryItem): void {
    const lines = Array.isArray(item.lines) ? (item.lines as unknown[]).map(String) : []
    const w = number(item.w, 4),
      height = number(item.height, 2.4)
    const colour = typeof item.colour === 'string' ? item.colour : '#1d4f91'
    const material = this.#material(
      `board:${colour}:${w}:${height}:${lines.join('\n')}`,
      512,
      Math.round((512 * height) / w),
      (draw, cw, ch) => {
        draw.fillStyle = colour
        roundRect(draw, 0, 0, cw, ch, 22)
        draw.strokeStyle = '#ffffff'
        draw.lineWidth = 8
        draw.beginPath()
        draw.roundRect(12, 12, cw - 24, ch - 24, 14)
        draw.stroke()
        draw.fillStyle = '#ffffff'
        const size = Math.min((ch - 60) / Math.max(1, lines.length), 92)
        lines.forEach((line, i) => {
          draw.font = `${i === 0 ? 650 : 550} ${size * 0.78}px ${FONT}`
          draw.textBaseline = 'middle'
          draw.fillText(line, 40, ch / 2 + (i - (lines.length - 1) / 2) * size, cw - 80)
        })
      },
    )
    this.#add(material, item, w, height)
  }

  plate(item: SceneryItem): void {
    const w = number(item.w, 0.7),
      kind = item.kind
    const value = kind === 'sign_limit' ? String(Math.round(number(item.value, 50))) : ''
    const material = this.#material(`${kind}:${value}`, 128, 128, (draw) =>
      PLATES[kind]?.(draw, value),
    )
    this.#add(material, item, w, w)
  }

  applyLook(look: Look): void {
    const shade = 1 - 0.35 * look.night
    for (const material of this.#materials.values()) material.color.setScalar(shade)
  }

  dispose(): void {
    for (const material of this.#materials.values()) {
      material.map?.dispose()
      material.dispose()
    }
  }

  #add(material: MeshBasicMaterial, item: SceneryItem, w: number, height: number): void {
    const mesh = new Mesh(PLANE, material)
    mesh.rotation.set(Math.PI / 2, 0, item.h + Math.PI / 2, 'ZXY')
    mesh.position.set(item.x, item.y, number(item.pole, 2.1) + height / 2)
    mesh.scale.set(w, height, 1)
    mesh.updateMatrix()
    mesh.matrixAutoUpdate = false
    this.root.add(mesh)
  }

  #material(
    key: string,
    width: number,
    height: number,
    draw: (context: OffscreenCanvasRenderingContext2D, width: number, height: number) => void,
  ): MeshBasicMaterial {
    const known = this.#materials.get(key)
    if (known) return known
    const canvas = sketch(width, height, (context) => draw(context, width, height))
    const map = new CanvasTexture(canvas)
    map.colorSpace = SRGBColorSpace
    map.anisotropy = 4
    const material = new MeshBasicMaterial({ map, alphaTest: 0.5, side: DoubleSide })
    this.#materials.set(key, material)
    return material
  }
}

const PLATES: Record<string, (draw: OffscreenCanvasRenderingContext2D, value: string) => void> = {
  sign_limit: (draw, value) => {
    disc(draw, 62, '#c0392b')
    disc(draw, 48, '#f4f6f8')
    draw.fillStyle = '#14181d'
    centred(draw, value, value.length > 2 ? 50 : 62)
  },
  sign_stop: (draw) => {
    draw.fillStyle = '#c0392b'
    shape(draw, 8, 62, Math.PI / 8)
    draw.fillStyle = '#f4f6f8'
    centred(draw, 'STOP', 38)
  },
  sign_yield: (draw) => {
    draw.fillStyle = '#c0392b'
    shape(draw, 3, 70, Math.PI / 2, 10)
    draw.fillStyle = '#f4f6f8'
    shape(draw, 3, 44, Math.PI / 2, 10)
  },
  sign_zebra: (draw) => {
    draw.fillStyle = '#1d4f91'
    roundRect(draw, 4, 4, 120, 120, 10)
    draw.fillStyle = '#f4f6f8'
    shape(draw, 3, 56, -Math.PI / 2, -8)
    draw.fillStyle = '#14181d'
    disc(draw, 6, '#14181d', 64, 52)
    draw.fillRect(59, 60, 10, 22)
  },
}

function disc(
  draw: OffscreenCanvasRenderingContext2D,
  r: number,
  colour: string,
  x = 64,
  y = 64,
): void {
  draw.fillStyle = colour
  draw.beginPath()
  draw.arc(x, y, r, 0, 2 * Math.PI)
  draw.fill()
}

function shape(
  draw: OffscreenCanvasRenderingContext2D,
  corners: number,
  r: number,
  first: number,
  down = 0,
): void {
  draw.beginPath()
  for (let i = 0; i < corners; i++) {
    const angle = first + (i * 2 * Math.PI) / corners
    draw.lineTo(64 + r * Math.cos(angle), 64 - down + r * Math.sin(angle))
  }
  draw.closePath()
  draw.fill()
}

function centred(draw: OffscreenCanvasRenderingContext2D, text: string, size: number): void {
  draw.font = `700 ${size}px ${FONT}`
  draw.textAlign = 'center'
  draw.textBaseline = 'middle'
  draw.fillText(text, 64, 67)
}

function roundRect(
  draw: OffscreenCanvasRenderingContext2D,
  x: number,
  y: number,
  w: number,
  h: number,
  r: number,
): void {
  draw.beginPath()
  draw.roundRect(x, y, w, h, r)
  draw.fill()
}

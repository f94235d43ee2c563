// Sky, fog, sun, ground and rain around the ego.

import {
  BackSide,
  BufferAttribute,
  BufferGeometry,
  CanvasTexture,
  Color,
  DirectionalLight,
  Fog,
  HemisphereLight,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshLambertMaterial,
  Object3D,
  PlaneGeometry,
  RepeatWrapping,
  Scene,
  ShaderMaterial,
  SphereGeometry,
  Vector3,
} from 'three'
import type { Sketched } from './decals'
import { sketch } from './gpu'
import type { Look } from './palette'

const GROUND_M = 1600
const TEXTURE_M = 40
const DROPS = 700
const DOME_SHARE = 0.94
const RAIN_BOX_M = 44

export class Sky {
  readonly root = new Object3D()
  readonly #fog = new Fog(0x000000, 50, 300)
  readonly #sun = new DirectionalLight()
  readonly #light = new HemisphereLight()
  readonly #dome: Mesh<SphereGeometry, ShaderMaterial>
  readonly #ground: Mesh<PlaneGeometry, MeshLambertMaterial>
  readonly #texture: Sketched
  readonly #rain: LineSegments<BufferGeometry, LineBasicMaterial>

  /** `plain` leaves the ground without its grain, for software rendering. */
  constructor(scene: Scene, plain: boolean) {
    scene.fog = this.#fog
    this.#dome = new Mesh(
      new SphereGeometry(1, 24, 12).rotateX(Math.PI / 2),
      new ShaderMaterial({
        side: BackSide,
        depthWrite: false,
        fog: false,
        uniforms: { top: { value: new Color() }, horizon: { value: new Color() } },
        vertexShader:
          'varying vec3 way; void main() { way = position; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }',
        fragmentShader: `varying vec3 way; uniform vec3 top; uniform vec3 horizon;
          void main() {
            float up = clamp(normalize(way).z * 2.6, 0.0, 1.0);
            gl_FragColor = vec4(mix(horizon, top, pow(up, 0.6)), 1.0);
            #include <colorspace_fragment>
          }`,
      }),
    )
    // Last of what is solid: only the sky that is seen is drawn.
    this.#dome.renderOrder = 1
    this.#texture = new CanvasTexture(grain())
    this.#texture.wrapS = this.#texture.wrapT = RepeatWrapping
    this.#texture.repeat.setScalar(GROUND_M / TEXTURE_M)
    this.#texture.anisotropy = 2
    this.#ground = new Mesh(
      new PlaneGeometry(GROUND_M, GROUND_M),
      new MeshLambertMaterial({ map: plain ? null : this.#texture }),
    )
    this.#ground.position.z = -0.08
    this.#rain = new LineSegments(
      rainShape(),
      new LineBasicMaterial({
        color: 0xb8c8d8,
        transparent: true,
        opacity: 0.3,
        depthWrite: false,
      }),
    )
    this.#rain.frustumCulled = false
    this.root.add(this.#dome, this.#ground, this.#sun, this.#sun.target, this.#light, this.#rain)
  }

  applyLook(look: Look): void {
    // Within the far plane from wherever the camera stands around the car.
    this.#dome.scale.setScalar(look.fogFarM * DOME_SHARE)
    this.#fog.color.setHex(look.horizon)
    this.#fog.near = look.fogNearM
    this.#fog.far = look.fogFarM
    this.#dome.material.uniforms.top.value.setHex(look.skyTop)
    this.#dome.material.uniforms.horizon.value.setHex(look.horizon)
    this.#ground.material.color.setHex(look.ground)
    this.#sun.color.setHex(look.sun)
    this.#sun.intensity = look.sunStrength
    this.#light.color.setHex(look.sky)
    this.#light.groundColor.setHex(look.bounce)
    this.#light.intensity = look.skyStrength
    this.#light.position.set(0, 0, 1)
    this.#rain.visible = look.rain > 0
    this.#rain.geometry.setDrawRange(0, Math.round(DROPS * look.rain) * 2)
  }

  /** Keeps the sky around the eye, and ground, sun and rain around the car. */
  follow(centre: Vector3, eye: Vector3, timeS: number): void {
    this.#dome.position.copy(eye)
    this.#ground.position.x = centre.x
    this.#ground.position.y = centre.y
    // The grain stays where it is in the world while the plane moves on.
    this.#texture.offset.set((centre.x / TEXTURE_M) % 1, (centre.y / TEXTURE_M) % 1)
    this.#sun.target.position.copy(centre)
    this.#sun.position.set(centre.x - 60, centre.y + 90, 110)
    this.#rain.position.set(centre.x, centre.y, -((timeS * 16) % 12))
  }
}

function grain(): OffscreenCanvas {
  return sketch(256, 256, (context) => {
    context.fillStyle = '#e6e6e6'
    context.fillRect(0, 0, 256, 256)
    let seed = 7
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647
    for (let i = 0; i < 2600; i++) {
      const tone = 200 + random() * 55
      context.fillStyle = `rgba(${tone},${tone},${tone},0.35)`
      context.beginPath()
      context.arc(random() * 256, random() * 256, 1 + random() * 6, 0, 2 * Math.PI)
      context.fill()
    }
  })
}

function rainShape(): BufferGeometry {
  let seed = 11
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647
  const positions = new Float32Array(DROPS * 6)
  for (let i = 0; i < DROPS; i++) {
    const x = (random() - 0.5) * RAIN_BOX_M,
      y = (random() - 0.5) * RAIN_BOX_M,
      z = random() * 30
    positions.set([x, y, z, x + 0.04, y + 0.04, z + 0.9], 6 * i)
  }
  const geometry = new BufferGeometry()
  geometry.setAttribute('position', new BufferAttribute(positions, 3))
  return geometry
}

// Instances of one geometry that are filled anew for each picture, growing as needed.

import {
  Color,
  DynamicDrawUsage,
  InstancedMesh,
  Matrix4,
  Object3D,
  type BufferGeometry,
  type Material,
} from 'three'

export class Pool {
  readonly root = new Object3D()
  readonly #geometry: BufferGeometry
  readonly #material: Material
  #mesh: InstancedMesh
  #used = 0

  constructor(geometry: BufferGeometry, material: Material) {
    this.#geometry = geometry
    this.#material = material
    this.#mesh = this.#make(16)
  }

  begin(): void {
    this.#used = 0
  }

  add(matrix: Matrix4, colour: Color): void {
    if (this.#used === this.#mesh.instanceMatrix.count) this.#grow()
    this.#mesh.setMatrixAt(this.#used, matrix)
    this.#mesh.setColorAt(this.#used, colour)
    this.#used += 1
  }

  end(): void {
    this.#mesh.count = this.#used
    this.#mesh.visible = this.#used > 0
    this.#mesh.instanceMatrix.needsUpdate = true
    if (this.#mesh.instanceColor) this.#mesh.instanceColor.needsUpdate = true
  }

  #make(capacity: number): InstancedMesh {
    const mesh = new InstancedMesh(this.#geometry, this.#material, capacity)
    mesh.instanceMatrix.setUsage(DynamicDrawUsage)
    mesh.frustumCulled = false
    this.root.add(mesh)
    return mesh
  }

  #grow(): void {
    const old = this.#mesh
    this.#mesh = this.#make(old.instanceMatrix.count * 2)
    this.#mesh.instanceMatrix.array.set(old.instanceMatrix.array)
    this.root.remove(old)
    for (let i = 0; old.instanceColor && i < this.#used; i++) {
      old.getColorAt(i, this.#scratch)
      this.#mesh.setColorAt(i, this.#scratch)
    }
    old.dispose()
  }

  readonly #scratch = new Color()
}

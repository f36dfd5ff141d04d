// What makes a subject cost more.

/** Allocates that many objects of 56 bytes. */
export function allocate(count) {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const point = { x: i, y: i };
    sum += point.x + point.y;
  }
  return sum;
}

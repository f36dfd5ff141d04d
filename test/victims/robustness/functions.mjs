export function pair() {
  let total = 0;
  for (let i = 0; i < 1_000; i++) {
    const point = { x: i, y: i + 1 };
    total += point.x + point.y;
  }
  return total;
}

export function churn() {
  const list = [];
  for (let i = 0; i < 500; i++) list.push({ i, text: `v${i}` });
  return JSON.parse(JSON.stringify(list)).length;
}

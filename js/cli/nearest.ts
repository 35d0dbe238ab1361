// "Did you mean …?"

/** The known name that differs from `wanted` only by case, dashes, one letter, or two that changed places. */
export function nearest(wanted: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9.]/g, '');
  const plainly = plain(wanted);
  return known.find((name) => plain(name) === plainly || isNear(plain(name), plainly));
}

function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same += 1;
  const rest = (text: string, skip: number): string => text.slice(same + skip);
  if (a[same] === b[same + 1] && a[same + 1] === b[same] && rest(a, 2) === rest(b, 2)) return true;
  return rest(a, 1) === rest(b, 1) || rest(a, 1) === rest(b, 0) || rest(a, 0) === rest(b, 1);
}

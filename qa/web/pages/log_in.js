// Keeps the address over a login, and nothing that somebody else has typed in this tab.

const WANTED = "qa-wanted";

export default function ({ data: { before, left } }) {
  const here = location.pathname + location.search;
  if (before) {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith("qa-") && name !== WANTED) sessionStorage.removeItem(name);
    if (left) sessionStorage.removeItem(WANTED);
    else if (here !== "/") sessionStorage.setItem(WANTED, here);
    return;
  }
  const wanted = sessionStorage.getItem(WANTED);
  sessionStorage.removeItem(WANTED);
  if (wanted && wanted !== here) location.replace(location.origin + wanted); // with the origin, it cannot lead elsewhere
}

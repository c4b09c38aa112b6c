// Sets the user's cookie if this browser has none yet. If it has another one, reports that token to the server.

export default function ({ data: [name, token], setStateValue }) {
  const found = () => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.split("=")[1];
  if (!found()) {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${name}=${token}; path=/; max-age=34560000; SameSite=Strict${secure}`;
  }
  if (found() && found() !== token) setStateValue("token", found());
}

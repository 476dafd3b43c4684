/** Whether the control plane takes a text for the path of a file: from the root on, or from a drive of Windows. */
export function isFilePath(path: string): boolean {
  const isOfWindows = /^[a-zA-Z]:\\(?:[^\\/:*?"<>|\r\n]+\\)*[^\\/:*?"<>|\r\n]*$/.test(path);
  return isOfWindows || (path.startsWith("/") && !path.includes("\0") && path !== "//");
}

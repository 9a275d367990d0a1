// The page's own API. An envelope `{error}` becomes an Error that carries its members.

export async function get(path) {
  const answer = await fetch(`/sandbox/api/${path}`, { cache: "no-store" });
  if (answer.status === 204) return null;
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}

export async function post(path, body, ErrorType = Error) {
  let told;
  try {
    const answer = await fetch(`/sandbox/api/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    told = await answer.json();
  } catch {
    throw failure(ErrorType, { code: 1, type: "unreachable", message: "모의 환경 서버에 닿지 못했습니다." });
  }
  if (told.refused) throw failure(ErrorType, { code: 2, type: "refused", message: told.refused });
  if (told.error) throw failure(ErrorType, told.error);
  return told;
}

function failure(ErrorType, error) {
  const made = new ErrorType(error.message);
  return Object.assign(made, { type: error.type, code: error.code, data: error.data });
}

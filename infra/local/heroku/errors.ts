// Heroku's way of saying no: a status and `{id, message}` (Dev Center, Platform API Reference, read 2026-11).

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(status: number, id: string, message: string, extra: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    this.body = { id, message, ...extra };
  }
}

export function notFound(resource: string): ApiError {
  return new ApiError(404, 'not_found', `Couldn't find that ${resource.replaceAll('_', ' ')}.`, { resource });
}

export function invalid(message: string): ApiError {
  return new ApiError(422, 'invalid_params', message);
}

export const unauthorized = (): ApiError =>
  new ApiError(401, 'unauthorized', 'Invalid credentials provided.');

export const notAcceptable = (): ApiError =>
  new ApiError(
    406,
    'not_acceptable',
    'For this API, `Accept` must be set to `application/vnd.heroku+json; version=3`.',
  );

export const rateLimited = (): ApiError =>
  new ApiError(
    429,
    'rate_limit',
    'Your account reached the API rate limit\nPlease wait a few minutes before making new requests',
    { url: 'https://devcenter.heroku.com/articles/platform-api-reference#rate-limits' },
  );

export const unavailable = (): ApiError =>
  new ApiError(503, 'maintenance', 'Heroku API is temporarily unavailable for maintenance.');

export const twoFactor = (app: { id: string; name: string }): ApiError =>
  new ApiError(
    403,
    'two_factor',
    'A second authentication factor or pre-authorization is required for this request. ' +
      'Your account has either two-factor or a YubiKey registered.',
    { app: { id: app.id, name: app.name } },
  );

export const forbidden = (app: { name: string }): ApiError =>
  new ApiError(403, 'forbidden', `You do not have access to the app ${app.name}.`);

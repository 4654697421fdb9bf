# Sentences of the API's problems (RFC 9457).

api-not-found = There is nothing here by this address or id.
api-method = This address does not answer to this method.
api-invalid_token = The access token is missing, has expired, or is not for this API.
api-insufficient_scope = The access token is not for this. It needs the scope { $scope }.
api-not_admitted = Whoever this token speaks for is not in here at the moment.
api-break_glass_member = The person whom this token speaks for is a break-glass member: they act on the pages alone.
api-terms_not_accepted = The person whom this token speaks for has new terms to accept first.
api-too_many_requests = Too many requests. Wait as long as Retry-After says.
api-unavailable = This cannot be answered at the moment. Try again in a few seconds.
api-internal = Something failed on our side. The log has it under the reference.
api-unknown_parameter = There is no parameter { $name } here.
api-invalid_parameter = The parameter { $name } has a value that it cannot have, or came twice.
api-invalid_cursor = The cursor is not one that this list has given out.
api-invalid_body = The body is not what the document describes: { $why }
api-unsupported_media_type = The body must be said to be { $kinds }.
api-too_long = The body is too long.
api-unknown_role = There is no such role here.
api-in_progress = The same request is being done at this moment.
api-idempotency_key_reused = This key was used for another request.
api-provider_wrong = { $field }: { $about }
api-provider_changed = The provider was changed since that version. Read it again.
api-provider_stranded = { $nowhere } people have no other way in, and { $here } members were switched to it. Say so by confirm_stranded if it is meant.
api-terms_changed = Another version was published since the one that you know. Read it first.

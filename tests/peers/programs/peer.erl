%% One side of a TLS connection by Erlang's ssl, for peers.py: peer.erl server|client PORT OPTION=VALUE...
-mode(compile).

main([Side, Port | Pairs]) ->
    {ok, _} = application:ensure_all_started(ssl),
    logger:set_primary_config(level, none),
    Options = maps:from_list([list_to_tuple(string:split(Pair, "=")) || Pair <- Pairs]),
    case Side of
        "server" -> server(list_to_integer(Port), Options);
        "client" -> client(list_to_integer(Port), Options)
    end.

common(Options) ->
    Version = case maps:get("version", Options) of "1.2" -> 'tlsv1.2'; "1.3" -> 'tlsv1.3' end,
    [{versions, [Version]}, {active, false}, {mode, binary}]
        ++ [{certfile, Name} || {ok, Name} <- [maps:find("cert", Options)]]
        ++ [{keyfile, Name} || {ok, Name} <- [maps:find("key", Options)]]
        ++ [{cacertfile, Name} || {ok, Name} <- [maps:find("ca", Options)]].

alpn(Options) ->
    [[list_to_binary(Name) || Name <- string:split(Names, ",", all)] || {ok, Names} <- [maps:find("alpn", Options)]].

server(Port, Options) ->
    Asks = case maps:is_key("ca", Options) of
        true -> [{verify, verify_peer}, {fail_if_no_peer_cert, true}];
        false -> []
    end,
    Knows = case maps:find("knows", Options) of
        {ok, Known} -> [{sni_fun, fun(Name) when Name =:= Known -> []; (_) -> undefined end}];
        error -> []
    end,
    {ok, Listener} = ssl:listen(Port, [{ip, {127, 0, 0, 1}}, {reuseaddr, true}] ++ common(Options) ++ Asks ++ Knows
        ++ [{alpn_preferred_protocols, Names} || Names <- alpn(Options)]),
    {ok, Accepted} = ssl:transport_accept(Listener),
    {ok, Socket} = ssl:handshake(Accepted, 5000),
    {ok, _} = ssl:recv(Socket, 0, 5000),
    ok = ssl:send(Socket, "HTTP/1.0 200 OK\r\n\r\nhello\n"),
    ssl:close(Socket).

client(Port, Options) ->
    Pin = case maps:is_key("pin", Options) of
        true -> [{verify_fun, {fun(_, {extension, _}, State) -> {unknown, State};
                                  (_, valid_peer, _) -> {fail, not_the_pinned_one};
                                  (_, valid, State) -> {valid, State};
                                  (_, {bad_cert, _} = Reason, _) -> {fail, Reason} end, []}}];
        false -> []
    end,
    Result = ssl:connect({127, 0, 0, 1}, Port, common(Options) ++ Pin ++ [{verify, verify_peer}, {depth, 5},
        {server_name_indication, maps:get("host", Options)},
        {customize_hostname_check, [{match_fun, public_key:pkix_verify_hostname_match_fun(https)}]}]
        ++ [{alpn_advertised_protocols, Names} || Names <- alpn(Options)], 5000),
    case Result of
        {ok, Socket} ->
            ok = ssl:send(Socket, "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"),
            case ssl:recv(Socket, 0, 5000) of
                {ok, Answer} -> io:put_chars(Answer);
                Else -> io:format("~p~n", [Else]), halt(1)
            end,
            ssl:close(Socket);
        Else ->
            io:format("~p~n", [Else]),
            halt(1)
    end.

using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Azure.Functions.Worker.Http;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>A request of ASP.NET Core as functions see it that ask for the worker's own type.</summary>
internal sealed class RequestData(Invocation invocation) : HttpRequestData(invocation)
{
    private readonly HttpRequest _request = invocation.Request;

    public override Stream Body => _request.Body;

    public override HttpHeadersCollection Headers { get; } =
        new(invocation.Request.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.OfType<string>())));

    public override Uri Url { get; } = new(invocation.Request.GetEncodedUrl());

    public override IEnumerable<ClaimsIdentity> Identities => _request.HttpContext.User.Identities;

    public override string Method => _request.Method;

    public override HttpResponseData CreateResponse() => new ResponseData(invocation, _request.HttpContext.Response);

    private sealed class ResponseData : HttpResponseData
    {
        private readonly HttpResponse _response;

        internal ResponseData(Invocation invocation, HttpResponse response)
            : base(invocation)
        {
            _response = response;
            response.OnStarting(() =>
            {
                foreach (var (name, values) in Headers)
                {
                    response.Headers[name] = values.ToArray();
                }

                return Task.CompletedTask;
            });
        }

        public override HttpStatusCode StatusCode
        {
            get => (HttpStatusCode)_response.StatusCode;
            set => _response.StatusCode = (int)value;
        }

        public override HttpHeadersCollection Headers { get; set; } = [];

        public override Stream Body
        {
            get => _response.Body;
            set => _response.Body = value;
        }
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>One invocation of a function, and what its parameters are bound to.</summary>
internal sealed class Invocation(FunctionDefinition definition, IServiceProvider services, CancellationToken cancellationToken) : FunctionContext
{
    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override string FunctionId => FunctionDefinition.Id;

    public override BindingContext BindingContext => field ??= new RequestBindingData(Request);

    public override IServiceProvider InstanceServices { get; set; } = services;

    public override FunctionDefinition FunctionDefinition { get; } = definition;

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>The input of an activity.</summary>
    internal object? Input { get; init; }

    /// <summary>The request of an HTTP function; other functions have no binder that asks for it.</summary>
    internal HttpRequest Request
    {
        get;
        init
        {
            field = value;
            Items[FunctionContextExtensions.HttpContextKey] = value.HttpContext;
        }
    } = null!;

    /// <summary>What is wrong with the request's parameters.</summary>
    internal List<ParameterProblem> Problems { get; } = [];
}

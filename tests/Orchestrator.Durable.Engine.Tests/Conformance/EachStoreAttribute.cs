using System.Reflection;
using Xunit.Sdk;

namespace Orchestrator.Durable.Engine.Tests;

/// <summary>Runs a theory on each store, with the same further arguments.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class EachStoreAttribute(params object[] arguments) : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        Enum.GetValues<StoreKind>().Select(store => (object[])[store, .. arguments]);
}

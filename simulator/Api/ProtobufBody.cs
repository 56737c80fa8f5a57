using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Api;

/// <summary>
/// Reads the protobuf form of the few kinds that <c>kubectl create</c>, <c>kubectl auth</c> and their like send:
/// kubectl does not ask first whether the server wants it. Answers are always JSON.
/// </summary>
/// <remarks>Field numbers are those of the <c>generated.proto</c> files of <c>k8s.io/api</c> and <c>k8s.io/apimachinery</c>.</remarks>
internal static class ProtobufBody
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    /// <summary>By message, each field as <c>number name type</c>. Types in lower case are scalars; <c>*</c> after one means repeated.</summary>
    private static readonly Dictionary<string, Dictionary<int, (string Name, string Type)>> Messages = new Dictionary<string, string>
    {
        ["Namespace"] = "1 metadata ObjectMeta, 2 spec NamespaceSpec, 3 status NamespaceStatus",
        ["NamespaceSpec"] = "1 finalizers string*",
        ["NamespaceStatus"] = "1 phase string",
        ["ConfigMap"] = "1 metadata ObjectMeta, 2 data map, 3 binaryData bytesmap, 4 immutable bool",
        ["Secret"] = "1 metadata ObjectMeta, 2 data bytesmap, 3 type string, 4 stringData map, 5 immutable bool",
        ["ServiceAccount"] = "1 metadata ObjectMeta, 4 automountServiceAccountToken bool",
        ["Service"] = "1 metadata ObjectMeta, 2 spec ServiceSpec, 3 status ServiceStatus",
        ["ServiceSpec"] = "1 ports ServicePort*, 2 selector map, 3 clusterIP string, 4 type string, 7 sessionAffinity string, "
            + "10 externalName string, 11 externalTrafficPolicy string, 18 clusterIPs string*",
        ["ServicePort"] = "1 name string, 2 protocol string, 3 port int, 4 targetPort intorstring, 5 nodePort int, 6 appProtocol string",
        ["ServiceStatus"] = "1 loadBalancer LoadBalancerStatus",
        ["LoadBalancerStatus"] = "",
        ["Deployment"] = "1 metadata ObjectMeta, 2 spec DeploymentSpec, 3 status DeploymentStatus",
        ["DeploymentSpec"] = "1 replicas int, 2 selector LabelSelector, 3 template PodTemplateSpec, 4 strategy DeploymentStrategy",
        ["DeploymentStrategy"] = "1 type string",
        ["DeploymentStatus"] = "",
        ["LabelSelector"] = "1 matchLabels map",
        ["PodTemplateSpec"] = "1 metadata ObjectMeta, 2 spec PodSpec",
        ["PodSpec"] = "2 containers Container*",
        ["Container"] = "1 name string, 2 image string, 3 command string*, 4 args string*, 6 ports ContainerPort*, 8 resources ResourceRequirements",
        ["ContainerPort"] = "1 name string, 3 containerPort int, 4 protocol string",
        ["ResourceRequirements"] = "",
        ["ObjectMeta"] = "1 name string, 2 generateName string, 3 namespace string, 8 creationTimestamp Time, 11 labels map, 12 annotations map, "
            + "14 finalizers string*",
        ["Time"] = "",
        ["Role"] = "1 metadata ObjectMeta, 2 rules PolicyRule*",
        ["ClusterRole"] = "1 metadata ObjectMeta, 2 rules PolicyRule*",
        ["PolicyRule"] = "1 verbs string*, 2 apiGroups string*, 3 resources string*, 4 resourceNames string*, 5 nonResourceURLs string*",
        ["RoleBinding"] = "1 metadata ObjectMeta, 2 subjects Subject*, 3 roleRef RoleRef",
        ["ClusterRoleBinding"] = "1 metadata ObjectMeta, 2 subjects Subject*, 3 roleRef RoleRef",
        ["Subject"] = "1 kind string, 2 apiGroup string, 3 name string, 4 namespace string",
        ["RoleRef"] = "1 apiGroup string, 2 kind string, 3 name string",
        ["TokenRequest"] = "1 metadata ObjectMeta, 2 spec TokenRequestSpec, 3 status TokenRequestStatus",
        ["TokenRequestSpec"] = "1 audiences string*, 4 expirationSeconds int",
        ["TokenRequestStatus"] = "2 expirationTimestamp Time",
        ["SelfSubjectReview"] = "1 metadata ObjectMeta, 2 status SelfSubjectReviewStatus",
        ["SelfSubjectReviewStatus"] = "1 userInfo UserInfo",
        ["UserInfo"] = "",
        ["SelfSubjectRulesReview"] = "1 metadata ObjectMeta, 2 spec SelfSubjectRulesReviewSpec, 3 status SubjectRulesReviewStatus",
        ["SelfSubjectRulesReviewSpec"] = "1 namespace string",
        ["SubjectRulesReviewStatus"] = "3 incomplete bool",
        ["SelfSubjectAccessReview"] = "1 metadata ObjectMeta, 2 spec SelfSubjectAccessReviewSpec, 3 status SubjectAccessReviewStatus",
        ["SelfSubjectAccessReviewSpec"] = "1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes",
        ["ResourceAttributes"] = "1 namespace string, 2 verb string, 3 group string, 4 version string, 5 resource string, "
            + "6 subresource string, 7 name string",
        ["NonResourceAttributes"] = "1 path string, 2 verb string",
        ["SubjectAccessReviewStatus"] = "1 allowed bool, 2 reason string",
    }.ToDictionary(entry => entry.Key, entry => entry.Value.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(field => field.Split(' '))
        .ToDictionary(parts => int.Parse(parts[0], CultureInfo.InvariantCulture), parts => (parts[1], parts[2])));

    /// <summary>Reads an object.</summary>
    /// <exception cref="KubeException">415 when it holds something that is not known here, 400 when it is no protobuf.</exception>
    public static JsonObject Read(ReadOnlyMemory<byte> body)
    {
        if (!body.Span.StartsWith("k8s\0"u8)) throw KubeException.BadRequest("the body of the request does not start as Kubernetes' protobuf does");
        try
        {
            // The envelope: what it is, and its bytes.
            var (apiVersion, kind) = ("", "");
            ReadOnlyMemory<byte> raw = default;
            for (var rest = body[4..]; Next(ref rest, out var number, out _, out var content);)
                if (number == 1)
                    for (var inner = content; Next(ref inner, out var field, out _, out var text);)
                        if (field == 1) apiVersion = Encoding.UTF8.GetString(text.Span);
                        else kind = Encoding.UTF8.GetString(text.Span);
                else if (number == 2) raw = content;
            if (!Messages.ContainsKey(kind)) throw Unknown(kind);
            var obj = Message(raw, kind);
            obj.Insert(0, "apiVersion", apiVersion);
            obj.Insert(1, "kind", kind);
            return obj;
        }
        catch (ArgumentOutOfRangeException)
        {
            throw KubeException.BadRequest("the protobuf body of the request ends too early");
        }
    }

    private static JsonObject Message(ReadOnlyMemory<byte> bytes, string type)
    {
        var message = new JsonObject();
        while (Next(ref bytes, out var number, out var value, out var content))
        {
            if (!Messages[type].TryGetValue(number, out var field))
            {
                // Go writes fields that are not set, too: empty ones say nothing.
                if (value == 0 && content.IsEmpty) continue;
                throw Unknown($"field {number} of {type}");
            }
            switch (field.Type)
            {
                case "string" when content.IsEmpty:
                    break;
                case "string":
                    message[field.Name] = Encoding.UTF8.GetString(content.Span);
                    break;
                case "int" when value == 0 && field.Name != "replicas":
                    break;
                case "int":
                    message[field.Name] = value;
                    break;
                case "bool":
                    message[field.Name] = value != 0;
                    break;
                case "intorstring":
                    if (IntOrString(content) is { } either) message[field.Name] = either;
                    break;
                case "map" or "bytesmap":
                    if (message[field.Name] is not JsonObject map) message[field.Name] = map = [];
                    var (key, entry) = Entry(content);
                    map[key] = field.Type == "map" ? Encoding.UTF8.GetString(entry.Span) : Convert.ToBase64String(entry.Span);
                    break;
                case "string*":
                    List(message, field.Name).Add(Encoding.UTF8.GetString(content.Span));
                    break;
                case [.. var item, '*']:
                    List(message, field.Name).Add(Message(content, item));
                    break;
                default:
                    var below = Message(content, field.Type);
                    if (below.Count > 0) message[field.Name] = below;
                    break;
            }
        }
        return message;
    }

    private static JsonArray List(JsonObject message, string name)
    {
        if (message[name] is not JsonArray list) message[name] = list = [];
        return list;
    }

    private static (string Key, ReadOnlyMemory<byte> Value) Entry(ReadOnlyMemory<byte> bytes)
    {
        var (key, value) = ("", ReadOnlyMemory<byte>.Empty);
        while (Next(ref bytes, out var number, out _, out var content))
            if (number == 1) key = Encoding.UTF8.GetString(content.Span);
            else value = content;
        return (key, value);
    }

    private static JsonNode? IntOrString(ReadOnlyMemory<byte> bytes)
    {
        var (isText, whole, text) = (false, 0L, "");
        while (Next(ref bytes, out var number, out var value, out var content))
            if (number == 1) isText = value == 1;
            else if (number == 2) whole = value;
            else text = Encoding.UTF8.GetString(content.Span);
        return isText ? text : whole != 0 ? whole : null;
    }

    /// <summary>Reads one field of any wire type; false at the end.</summary>
    private static bool Next(ref ReadOnlyMemory<byte> bytes, out int number, out long value, out ReadOnlyMemory<byte> content)
    {
        (number, value, content) = (0, 0, default);
        if (bytes.IsEmpty) return false;
        var tag = Varint(ref bytes);
        number = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                value = Varint(ref bytes);
                break;
            case 1:
                value = BinaryPrimitives.ReadInt64LittleEndian(bytes.Span);
                bytes = bytes[8..];
                break;
            case 2:
                var length = (int)Varint(ref bytes);
                content = bytes[..length];
                bytes = bytes[length..];
                break;
            default:
                value = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
                bytes = bytes[4..];
                break;
        }
        return true;
    }

    private static long Varint(ref ReadOnlyMemory<byte> bytes)
    {
        long value = 0;
        for (var (shift, more) = (0, true); more; shift += 7)
        {
            if (bytes.IsEmpty || shift > 63) throw KubeException.BadRequest("the protobuf body of the request cannot be read");
            value |= (long)(bytes.Span[0] & 0x7F) << shift;
            more = bytes.Span[0] >= 0x80;
            bytes = bytes[1..];
        }
        return value;
    }

    private static KubeException Unknown(string what) => KubeException.UnsupportedMediaType(
        $"{MediaType} with {what}, which the simulated cluster knows in JSON only: send it with kubectl apply -f",
        RequestBody.Json, RequestBody.Yaml);
}
